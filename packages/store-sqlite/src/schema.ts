/** "Anti" in ASCII, in the header of every file of ours (`file` and `PRAGMA application_id` show it). */
export const APPLICATION_ID = 0x41_6e_74_69;

/** The format that this version writes, kept in `PRAGMA user_version`. */
export const FORMAT_VERSION = 1;

/**
 * Bytes. An append touches one page of each table and index whatever its size, so small pages write least: 1 KB pages
 * write under half of what 4 KB pages do, and cost nothing measurable in reading. It cannot be changed in a file in WAL mode.
 */
export const PAGE_SIZE = 1024;

/** Format 1. Meant to be read with the plain `sqlite3` program: text is text, JSON is JSON, times are milliseconds since 1970. */
export const FORMAT_1 = `
CREATE TABLE conversations (
  id             TEXT PRIMARY KEY NOT NULL,
  created_at     INTEGER NOT NULL,
  used_at        INTEGER NOT NULL,
  head_branch_id TEXT NOT NULL,
  hash_key       TEXT NOT NULL
);
CREATE INDEX conversations_by_use ON conversations (used_at, id);

CREATE TABLE metadata (
  conversation_id TEXT NOT NULL,
  name            TEXT NOT NULL,
  value           TEXT NOT NULL,
  PRIMARY KEY (conversation_id, name)
) WITHOUT ROWID;
CREATE INDEX metadata_by_value ON metadata (name, value);

CREATE TABLE branches (
  conversation_id  TEXT NOT NULL,
  id               TEXT NOT NULL,
  parent_branch_id TEXT,
  fork_seq         INTEGER NOT NULL,
  created_at       INTEGER NOT NULL
);
CREATE UNIQUE INDEX branches_by_key ON branches (conversation_id, id);

-- A branch's tip is its greatest seq, or its fork_seq while it has no entries: no counter to keep, none to go wrong.
CREATE TABLE entries (
  conversation_id TEXT NOT NULL,
  branch_id       TEXT NOT NULL,
  seq             INTEGER NOT NULL,
  id              TEXT NOT NULL,
  created_at      INTEGER NOT NULL,
  kind            TEXT NOT NULL,
  role            TEXT,
  origin          TEXT,
  author          TEXT,
  external_id     TEXT,
  content         TEXT, -- JSON in wire form, as it came
  reply           TEXT, -- JSON: what the API said about a reply beside its content
  body            TEXT  -- JSON: the fields of this kind that have no column
);
CREATE UNIQUE INDEX entries_by_key ON entries (conversation_id, branch_id, seq);
CREATE INDEX entries_by_id ON entries (id);

CREATE TABLE drafts (
  conversation_id TEXT NOT NULL,
  branch_id       TEXT NOT NULL,
  number          INTEGER NOT NULL,
  draft_id        TEXT NOT NULL,
  text            TEXT NOT NULL, -- as a JSON string: a chunk may end in half a character
  PRIMARY KEY (conversation_id, branch_id, number)
) WITHOUT ROWID;

-- One row per branch that ever had a lease. It stays when the lease ends, so that fences only rise.
CREATE TABLE leases (
  conversation_id TEXT NOT NULL,
  branch_id       TEXT NOT NULL,
  holder          TEXT NOT NULL,
  fence           INTEGER NOT NULL,
  expires_at      INTEGER, -- NULL: given back
  owner_host      TEXT NOT NULL,
  owner_pid       INTEGER NOT NULL,
  owner_started   TEXT,
  PRIMARY KEY (conversation_id, branch_id)
) WITHOUT ROWID;

-- For people: every message with its text.
CREATE VIEW messages AS
SELECT conversation_id, branch_id, seq, datetime(created_at / 1000, 'unixepoch') AS at, role, origin, author,
  (SELECT group_concat(json_extract(block.value, '$.text'), char(10)) FROM json_each(entries.content) AS block
   WHERE json_extract(block.value, '$.type') = 'text') AS text,
  json_extract(reply, '$.stopReason') AS stop_reason, json_extract(reply, '$.model') AS model, id
FROM entries WHERE kind = 'message';

-- For people: the messages on the path of each conversation's head, in order.
CREATE VIEW transcripts AS
WITH RECURSIVE path (conversation_id, branch_id, to_seq) AS (
  SELECT id, head_branch_id, 9223372036854775807 FROM conversations
  UNION ALL
  SELECT path.conversation_id, branches.parent_branch_id, min(path.to_seq, branches.fork_seq)
  FROM path JOIN branches ON branches.conversation_id = path.conversation_id AND branches.id = path.branch_id
  WHERE branches.parent_branch_id IS NOT NULL
)
SELECT messages.* FROM path JOIN messages
  ON messages.conversation_id = path.conversation_id AND messages.branch_id = path.branch_id AND messages.seq <= path.to_seq
ORDER BY messages.conversation_id, messages.seq;
`;
