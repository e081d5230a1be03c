<?php
namespace EmergencyAccess\Verifying;

/** The broker's public keys. */
interface KeyFinder {
	/**
	 * The key called $kid, null when the broker has no such key.
	 *
	 * @throws TokenRefused When nobody can tell.
	 */
	public function find( string $kid, int $now ): ?PublicKey;
}
