"""Account transfer: files to the bank and back, in the format of the banks' association."""
