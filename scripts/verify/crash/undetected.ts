/**
 * The steps of the persist protocol that no simulated crash shows to be needed, each with the reason.
 *
 * A test asserts that the list is exact.
 */
export const UNDETECTED: Readonly<Record<string, string>> = {
  'without "backdate the temporary file"':
    "Without this step's look at the file, the store does not know its own file again, and reads it " +
    "before each commit: slower, and as safe. The rule sabotage that only leaves the time as it is " +
    "is detected.",
  'without "look before main is kept"':
    "It keeps a good main from being reported as a bad one. A bad main is looked at again before it " +
    "is moved, and the look before the rename decides.",
  'without "sync the directory after the removal"':
    "The generation tells that a journal which comes back is a leftover. Without the generation, too, " +
    "it is detected.",
  '"take owner and mode" before "backdate the temporary file"':
    "Both only describe the file, and its sync follows.",
  '"sync the temporary file" before "take owner and mode"':
    "The simulated disk makes owner and mode durable at once; tests/power has real disks.",
  '"look before main is kept" before "close the temporary file"':
    "To close a file changes nothing that another process sees.",
  '"keep main" before "look before main is kept"':
    "The kept file is compared with the main that was validated, and a look precedes a move.",
  '"move a foreign journal aside" before "sync the directory before the rename"':
    "The move is synced after it in both orders, and only main's rename needs the barrier.",
  '"look before the rename" before "sync the directory after the move"':
    "The simulation has others act before a call, and the sync is the same call in both orders: a " +
    "change during it is met by the same look.",
  '"check the journal" before "rename the pending backup to the backup"':
    "The two have no file in common.",
  '"sync the directory after the removal" before "remove the journal"':
    "The removal is not synced then, which the generation makes up for.",
};
