"""Connected sites: pairing, who is who there, and what is wrong with one."""
