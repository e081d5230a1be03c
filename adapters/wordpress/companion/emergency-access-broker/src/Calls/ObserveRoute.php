<?php
namespace EmergencyAccess\Calls;

use EmergencyAccess\Containing\Accounts;
use EmergencyAccess\Containing\Frozen;
use EmergencyAccess\Keeping\LeaseTable;
use EmergencyAccess\Keeping\LiveLeases;
use EmergencyAccess\Keeping\SessionBinding;

/** What really is in force, and who could get in anyway: read past every cache. */
final class ObserveRoute implements Route {
	/** @var LeaseTable */
	private $table;
	/** @var LiveLeases */
	private $live;
	/** @var Accounts */
	private $accounts;
	/** @var Frozen */
	private $frozen;

	/** @var SessionBinding */
	private $binding;

	public function __construct( LeaseTable $table, LiveLeases $live, Accounts $accounts, Frozen $frozen, SessionBinding $binding ) {
		$this->table    = $table;
		$this->live     = $live;
		$this->accounts = $accounts;
		$this->frozen   = $frozen;
		$this->binding  = $binding;
	}

	public function answer( Question $question, int $now ): array {
		$this->table->prune( $now );
		$this->binding->prune( $now );
		$active = array();
		foreach ( $this->live->all( $now ) as $lease ) {
			$active[] = array(
				'grant'      => $lease->grant,
				'account'    => $lease->account,
				'version'    => $lease->version,
				'expires_at' => $lease->expires_at,
			);
		}
		return array( 'active' => $active, 'frozen' => $this->frozen->is_everyone() ) + $this->accounts->that_matter( array_column( $active, 'account' ), $now );
	}
}
