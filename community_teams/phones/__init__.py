"""Team phones: the app at /doi-so, their work list, the batches they send, lost phones."""
