"""Where an archive can be: a folder, a bucket; and what each proves of itself."""
