/** For a browser without a session: the link was used already, or the session has ended. */
import { useState } from 'react';
import { paths } from './api/paths.ts';
import { describeError, request } from './api/request.ts';

export function SignInPage() {
  const [token, setToken] = useState('');
  const [failure, setFailure] = useState('');
  const open = async (): Promise<void> => {
    setFailure('');
    try {
      await request(paths.session, { method: 'POST', body: { token: token.trim() } });
      window.location.reload();
    } catch (error) {
      setFailure(describeError(error));
    }
  };
  return (
    <section className="page narrow">
      <h1>This browser has no session</h1>
      <p>
        Open the link that <code>planwright serve</code> printed: it opens one session. It printed another one at each start. Or
        give the server’s token, if it was started with one.
      </p>
      <form
        className="start"
        onSubmit={(event) => {
          event.preventDefault();
          open().catch((error: unknown) => setFailure(describeError(error)));
        }}
      >
        <label className="field">
          <span>Token</span>
          <input type="password" autoComplete="off" required value={token} onChange={({ target }) => setToken(target.value)} />
        </label>
        {failure === '' ? null : (
          <p className="failure-line" role="alert">
            {failure}
          </p>
        )}
        <button type="submit" className="primary">
          Open a session
        </button>
      </form>
    </section>
  );
}
