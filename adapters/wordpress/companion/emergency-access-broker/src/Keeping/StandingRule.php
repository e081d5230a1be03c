<?php
namespace EmergencyAccess\Keeping;

use EmergencyAccess\Signed\Pairing;
use EmergencyAccess\Signed\Protection;
use EmergencyAccess\Signed\Refusal;

/** The rule as it was signed, kept until a later one comes. */
final class StandingRule {
	const NAME = 'protection';

	/** @var StateTable */
	private $state;
	/** @var Pairing */
	private $pairing;

	public function __construct( StateTable $state, Pairing $pairing ) {
		$this->state   = $state;
		$this->pairing = $pairing;
	}

	/** Null when there is none, or none that can be proven. */
	public function current(): ?Protection {
		$row  = $this->state->row( self::NAME );
		$rule = $row ? $this->proven( $row ) : null;
		return $rule && $rule->version === (int) $row['number'] ? $rule : null;
	}

	/** Whether there is one that proves nothing. */
	public function is_unproven(): bool {
		return null !== $this->state->row( self::NAME ) && null === $this->current();
	}

	/** @throws Refusal With the reason. */
	public function keep( string $jws ): void {
		$rule = Protection::verify( $jws, $this->pairing );
		if ( null === $this->current() ) {
			$this->state->set( self::NAME, $rule->version, $rule->jws );
			return;
		}
		if ( $this->state->raise( self::NAME, $rule->version, $rule->jws ) ) {
			return;
		}
		$row = $this->state->row( self::NAME );
		if ( $row && $row['text'] !== $rule->jws ) {
			throw new Refusal( (int) $row['number'] > $rule->version ? 'stale_version' : 'version_conflict' );
		}
	}

	/** @param array{number:string,text:string} $row */
	private function proven( array $row ): ?Protection {
		try {
			return Protection::verify( $row['text'], $this->pairing );
		} catch ( Refusal $refusal ) {
			return null;
		}
	}
}
