<?php
/** A site for the tests: paired, with empty tables and a file for its mark. */

use EmergencyAccess\Containing\Contain;
use EmergencyAccess\Signed\Containment;
use EmergencyAccess\Keeping\ContainmentTable;
use EmergencyAccess\Keeping\EndOfLease;
use EmergencyAccess\Keeping\EndedFile;
use EmergencyAccess\Containing\Frozen;
use EmergencyAccess\Keeping\Halt;
use EmergencyAccess\Keeping\LeaseTable;
use EmergencyAccess\Keeping\LiveLeases;
use EmergencyAccess\Keeping\Mark;
use EmergencyAccess\Keeping\MarkFile;
use EmergencyAccess\Keeping\Register;
use EmergencyAccess\Keeping\StandingRule;
use EmergencyAccess\Keeping\StateTable;
use EmergencyAccess\Containing\WaysIn;

/** Remembers what was closed. */
final class RememberedWays implements WaysIn {
	public $done = array();

	public function knows( string $account ): bool {
		return 'nobody' !== $account;
	}

	public function end_sessions( Containment $order ): void {
		$this->done[] = "sessions of {$order->account}";
	}

	public function delete_application_passwords( Containment $order ): void {
		$this->done[] = "application passwords of {$order->account}";
	}

	public function delete_api_keys( Containment $order ): void {
		$this->done[] = "keys of {$order->account}";
	}
}

final class Site {
	public $db;
	public $broker;
	public $table;
	public $live;
	public $sessions;
	public $end;
	public $ways;
	public $mark;
	public $file;
	public $rule;
	private $frozen;
	private $register;
	private $contain;

	public function __construct() {
		$this->db       = new wpdb();
		$this->ways     = new RememberedWays();
		$this->sessions = new RememberedSessions();
		$this->file     = sys_get_temp_dir() . '/emergency-access-' . bin2hex( random_bytes( 8 ) ) . '/mark.php';
		register_shutdown_function( array( $this, 'clean_up' ) );
		$this->pair( new TestBroker() );
	}

	/** Paste the line of another broker, or of the same one with another key. */
	public function pair( TestBroker $broker ): void {
		$state          = new StateTable( $this->db );
		$orders         = new ContainmentTable( $this->db );
		$this->broker   = $broker;
		$this->mark     = new Mark( $state, new MarkFile( $this->file ), $broker->pairing );
		$this->rule     = new StandingRule( $state, $broker->pairing );
		$this->frozen   = new Frozen( $orders );
		$this->table    = new LeaseTable( $this->db );
		$halt           = new Halt( $this->mark, $this->frozen, new EndedFile( $this->file . '.ended' ) );
		$this->live     = new LiveLeases( $this->table, $broker->pairing, $halt );
		$this->end      = new EndOfLease( $this->table, $this->live, $halt, $this->sessions );
		$this->register = new Register( $this->table, $broker->pairing, $this->end, $this->live, $halt );
		$this->contain  = new Contain( $orders, $broker->pairing, $this->table, $this->end, $this->ways );
	}

	public function apply( string $jws, int $now = 1500, string $objection = '' ): string {
		$answer = $this->register->apply( $jws, $now, static function () use ( $objection ): string {
			return $objection;
		} );
		return trim( $answer['answer'] . ' ' . $answer['reason'] );
	}

	public function revoke( string $jws, int $now = 1500 ): string {
		$answer = $this->register->revoke( array( $jws ), $now )[0];
		return trim( $answer['answer'] . ' ' . $answer['reason'] );
	}

	public function contain( string $jws, int $now = 1500 ): string {
		$answer = $this->contain->obey( $jws, $now );
		$this->frozen->forget();
		return trim( $answer['answer'] . ' ' . $answer['reason'] );
	}

	public function protect( string $jws ): string {
		return verdict( function () use ( $jws ): void {
			$this->rule->keep( $jws );
		} );
	}

	public function is_frozen( string $account = 'nurse' ): bool {
		return $this->frozen->is( $account );
	}

	public function live( int $now = 1500, string $account = 'nurse' ): string {
		$grants = array();
		foreach ( $this->live->of( $account, $now ) as $lease ) {
			$grants[] = $lease->grant;
		}
		sort( $grants );
		return implode( ' ', $grants );
	}

	public function clean_up(): void {
		array_map( 'unlink', (array) glob( $this->file . '*' ) );
		if ( is_dir( dirname( $this->file ) ) ) {
			rmdir( dirname( $this->file ) );
		}
	}
}
