<?php
namespace EmergencyAccess\Keeping;

/** Whether there is anything to do on this page at all: one indexed read, straight from the tables. */
final class Standing {
	/** @var bool Something's end has come. */
	public $due = false;
	/** @var bool */
	public $leases = false;
	/** @var bool */
	public $frozen = false;
	/** @var bool */
	public $protected = false;

	/** @throws StorageFailed When it cannot be read. */
	public static function read( \wpdb $db, int $now ): self {
		$prefix = $db->prefix . 'emergency_access_';
		$sql    = "SELECT EXISTS (SELECT 1 FROM {$prefix}leases WHERE ended_at = 0 AND expires_at <= %d) AS due,
			EXISTS (SELECT 1 FROM {$prefix}leases WHERE ended_at = 0) AS leases,
			EXISTS (SELECT 1 FROM {$prefix}orders WHERE frozen = 1) AS frozen,
			EXISTS (SELECT 1 FROM {$prefix}state WHERE name = %s) AS protected";
		$found  = $db->get_results( $db->prepare( $sql, $now, StandingRule::NAME ), 'ARRAY_A' );
		if ( ! $found || '' !== $db->last_error ) {
			throw new StorageFailed( 'the tables cannot be read' );
		}
		$standing = new self();
		foreach ( $found[0] as $name => $value ) {
			$standing->$name = (bool) (int) $value;
		}
		return $standing;
	}
}
