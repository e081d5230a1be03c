<?php
namespace EmergencyAccess;

/** Why no lease counts at the moment, however well it is signed. */
final class Halt {
	/** @var Mark */
	private $mark;
	/** @var Frozen */
	private $frozen;

	public function __construct( Mark $mark, Frozen $frozen ) {
		$this->mark   = $mark;
		$this->frozen = $frozen;
	}

	/** @return string restored, or '' when nothing stops all of them. */
	public function of_all(): string {
		return $this->mark->is_behind() ? 'restored' : '';
	}

	/** @return string frozen, or '' when nothing stops this account's. */
	public function of( string $account ): string {
		return $this->frozen->is( $account ) ? 'frozen' : '';
	}
}
