/** The store on PostgreSQL. Loaded when it is asked for: it needs the package `pg`. */
export { type ClusterLimiterOptions, createClusterLimiter } from './cluster-limiter.ts';
export { PostgresConnection, type PostgresSession } from './postgres-connection.ts';
export { type Member, type MemberCard, type Membership, PostgresMembers, type Reaped } from './postgres-members.ts';
export { type NoticeKind, PostgresNotices } from './postgres-notices.ts';
export type { StoredResult } from './postgres-results.ts';
export { type InitOptions, type InitReport, initPostgresStore } from './postgres-schema.ts';
export { openPostgresStore, PostgresStore, type PostgresStoreOptions } from './postgres-store.ts';
export { isPostgresUrl, type PostgresTarget, readPostgresUrl } from './postgres-url.ts';
