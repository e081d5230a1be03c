<?php
namespace EmergencyAccess\Keeping;

/** The login sessions of an account. A session is named by the hash WordPress itself stores. */
interface Sessions {
	public function end_all( string $account ): void;

	/** @param string[] $sessions */
	public function end_these( string $account, array $sessions ): void;
}
