/**
 * What the crash model finds in the store as it is today: the name of a history, with both kinds of
 * rename, or of a seed, and the fault that shows first. Each is tested to fail, so that an entry goes
 * with its last fault.
 *
 * - 01: an acknowledged deletion or lowering comes back, since the removal of the journal is not
 *   synced, and the journal extends the new main as well.
 * - 09: directories that somebody else made are never synced.
 * - 12: a change between the first look and the rename, or behind a snapshot's first look, is
 *   overwritten.
 * - 13: a store that only read cannot be closed after another has written.
 * - 19: a journal of our own that is left behind is taken for another's.
 * - 20: a main that another client cuts in the middle of a persist becomes the only backup.
 * - 22: a merge lowers what another has written, if the queue is frozen.
 * - 28: after a failure that leaves it open, a read from the store does not say what the file says.
 * - 40: a change behind the first look of an append is not noticed.
 * - 41: what another process has appended since a snapshot's first look is removed with its journal.
 * - 44: a change within the resolution of the file system's times is not noticed.
 */
export const KNOWN_FAULTS: Readonly<Record<string, string>> = {
  "a journal that lowers, and ends in a table of before": "01",
  "a journal, and a queue is deleted": "01",
  "a journal that a killed process left, and one that goes on with a journal": "19",
  "a journal that a killed process left, and one that has no use for it": "01",
  "a journal that a killed process left, and one that deletes": "01",
  "a journal, a queue is deleted, and unlink 2 fails": "01",
  "a journal that cannot be removed": "19",
  "a journal that cannot be removed, and a table returns": "01",
  "directories and main of another client, nothing synced": "09",
  "a read from the store after syncDirectory 3 has failed": "28",
  "a read from the store after the sync of a record has failed": "28",
  "another client rewrites its own file, as long as before, times of 1000 ms": "44",
  "another client rewrites its own file, as long as before, times of 2000 ms": "44",
  "another client cuts main to nothing before create 1": "12",
  "another client cuts main to nothing before sync 1": "12",
  "another client cuts main to nothing before unlink 1": "12",
  "another client cuts main to nothing before link 1": "20",
  "another client cuts main to nothing before syncDirectory 1": "20",
  "another client writes before create 1": "12",
  "another client writes before sync 1": "12",
  "another client writes before a record is synced": "40",
  "a second process is refused, a journal": "19",
  "two processes merge, a journal": "01",
  "two processes merge, and one has frozen a queue": "22",
  "a process that only reads is closed after another has written": "13",
  "a second process writes before a record's write 1": "40",
  "a second process appends before a snapshot's create 1": "41",
  "a second process appends before a snapshot's rename 1": "41",
  "seed 4": "09",
  "seed 9": "12",
  "seed 14": "09",
  "seed 16": "19",
  "seed 21": "09",
  "seed 22": "19",
  "seed 24": "09",
  "seed 29": "19",
  "seed 33": "13",
  "seed 34": "09",
  "seed 42": "19",
  "seed 43": "09",
  "seed 49": "09",
  "seed 52": "01",
  "seed 53": "01",
  "seed 59": "09",
};
