<?php
namespace EmergencyAccess\Calls;

use EmergencyAccess\Containing\Frozen;
use EmergencyAccess\Keeping\ContainmentTable;
use EmergencyAccess\Keeping\EndOfLease;
use EmergencyAccess\Keeping\EndedFile;
use EmergencyAccess\Keeping\Halt;
use EmergencyAccess\Keeping\LeaseTable;
use EmergencyAccess\Keeping\LiveLeases;
use EmergencyAccess\Keeping\Mark;
use EmergencyAccess\Keeping\MarkFile;
use EmergencyAccess\Keeping\OwnFolder;
use EmergencyAccess\Keeping\SessionBinding;
use EmergencyAccess\Keeping\SiteSessions;
use EmergencyAccess\Keeping\StandingRule;
use EmergencyAccess\Keeping\StateTable;
use EmergencyAccess\Signed\Pairing;

/** What the companion is made of; made only where a page or a call needs it. */
final class Parts {
	/** @var \wpdb */
	public $db;
	/** @var Pairing */
	public $pairing;
	/** @var LeaseTable */
	public $leases;
	/** @var ContainmentTable */
	public $orders;
	/** @var Mark */
	public $mark;
	/** @var StandingRule */
	public $rule;
	/** @var SessionBinding */
	public $binding;
	/** @var Frozen */
	public $frozen;
	/** @var Halt */
	public $halt;
	/** @var LiveLeases */
	public $live;
	/** @var EndOfLease */
	public $end;

	public function __construct( \wpdb $db, Pairing $pairing ) {
		$state         = new StateTable( $db );
		$this->db      = $db;
		$this->pairing = $pairing;
		$this->leases  = new LeaseTable( $db );
		$this->orders  = new ContainmentTable( $db );
		$this->mark    = new Mark( $state, new MarkFile( OwnFolder::path( 'mark', $db->prefix, $pairing ) ), $pairing );
		$this->rule    = new StandingRule( $state, $pairing );
		$this->binding = new SessionBinding( $state );
		$this->frozen  = new Frozen( $this->orders );
		$this->halt    = new Halt( $this->mark, $this->frozen, new EndedFile( OwnFolder::path( 'ended', $db->prefix, $pairing ) ) );
		$this->live    = new LiveLeases( $this->leases, $pairing, $this->halt );
		$this->end     = new EndOfLease( $this->leases, $this->live, $this->halt, new SiteSessions() );
	}
}
