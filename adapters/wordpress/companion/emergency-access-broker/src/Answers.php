<?php
namespace EmergencyAccess;

/** What each of the broker's routes answers, once the call itself is accepted. */
final class Answers {
	/** @var Register */
	private $register;
	/** @var LiveLeases */
	private $live;
	/** @var LeaseTable */
	private $table;
	/** @var Pairing */
	private $pairing;

	public function __construct( Register $register, LiveLeases $live, LeaseTable $table, Pairing $pairing ) {
		$this->register = $register;
		$this->live     = $live;
		$this->table    = $table;
		$this->pairing  = $pairing;
	}

	/**
	 * @param string[] $documents
	 * @return array<string,mixed>
	 */
	public function to( string $verb, array $documents, int $now ): array {
		switch ( $verb ) {
			case 'apply':
				return array( 'answers' => $this->apply( $documents, $now ) );
			case 'revoke':
				return array( 'answers' => $this->register->revoke( $documents, $now ) );
			case 'observe':
				return array( 'active' => $this->observe( $now ), 'accounts' => array(), 'accounts_left_off' => 0, 'frozen' => false );
			default:
				return $this->health();
		}
	}

	/**
	 * @param string[] $documents
	 * @return array<int,array<string,string|null>>
	 */
	private function apply( array $documents, int $now ): array {
		$answers = array();
		foreach ( $documents as $jws ) {
			$answers[] = $this->register->apply( $jws, $now, array( Objection::class, 'to' ) );
		}
		return $answers;
	}

	/** @return array<int,array<string,string|int>> */
	private function observe( int $now ): array {
		$this->table->prune( $now );
		$active = array();
		foreach ( $this->live->all( $now ) as $lease ) {
			$active[] = array(
				'grant'      => $lease->grant,
				'account'    => $lease->account,
				'version'    => $lease->version,
				'expires_at' => $lease->expires_at,
			);
		}
		return $active;
	}

	/** @return array<string,mixed> */
	private function health(): array {
		return array(
			'platform'  => (string) get_bloginfo( 'version' ),
			'companion' => EMERGENCY_ACCESS_COMPANION,
			'digest'    => Digest::of_files( dirname( __DIR__ ) ),
			'problems'  => $this->problems(),
			'keys'      => $this->pairing->kids(),
			'edition'   => 'companion',
			'features'  => array(),
		);
	}

	/** @return string[] Words the broker has sentences for. */
	private function problems(): array {
		$problems = array();
		if ( $this->live->unproven() > 0 ) {
			$problems[] = 'rows_unproven';
		}
		if ( ini_get( 'opcache.enable' ) && ! ini_get( 'opcache.validate_timestamps' ) ) {
			$problems[] = 'opcache_frozen';
		}
		return $problems;
	}
}
