<?php
namespace EmergencyAccess\Keeping;

use EmergencyAccess\Containing\Frozen;

/** Why no lease counts at the moment, however well it is signed. */
final class Halt {
	/** @var Mark */
	private $mark;
	/** @var Frozen */
	private $frozen;
	/** @var EndedFile */
	private $ended;

	public function __construct( Mark $mark, Frozen $frozen, EndedFile $ended ) {
		$this->mark   = $mark;
		$this->frozen = $frozen;
		$this->ended  = $ended;
	}

	/** @return string restored, or '' when nothing stops all of them. */
	public function of_all(): string {
		return $this->mark->is_behind() ? 'restored' : '';
	}

	/** @return string frozen, or '' when nothing stops this account's. */
	public function of( string $account ): string {
		return $this->frozen->is( $account ) ? 'frozen' : '';
	}

	/** @return array<string,int> Grants that ended before their signed time, whatever their rows say. */
	public function ended( int $now ): array {
		return $this->ended->grants( $now );
	}

	/** @param string[] $grants */
	public function remember_ended( array $grants, int $now ): void {
		$this->ended->add( $grants, $now );
	}
}
