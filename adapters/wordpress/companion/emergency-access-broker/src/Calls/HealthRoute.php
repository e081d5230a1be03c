<?php
namespace EmergencyAccess\Calls;

use EmergencyAccess\Events\RecordHealth;
use EmergencyAccess\Keeping\LiveLeases;
use EmergencyAccess\Keeping\Mark;
use EmergencyAccess\Keeping\StandingRule;
use EmergencyAccess\Signed\Pairing;

/** What the companion says of itself and of the site; the broker has sentences for the words. */
final class HealthRoute implements Route {
	/** @var LiveLeases */
	private $live;
	/** @var Mark */
	private $mark;
	/** @var StandingRule */
	private $rule;
	/** @var Pairing */
	private $pairing;
	/** @var RecordHealth */
	private $record;

	public function __construct( LiveLeases $live, Mark $mark, StandingRule $rule, Pairing $pairing, RecordHealth $record ) {
		$this->live    = $live;
		$this->mark    = $mark;
		$this->rule    = $rule;
		$this->pairing = $pairing;
		$this->record  = $record;
	}

	public function answer( Question $question, int $now ): array {
		return array(
			'platform'  => (string) get_bloginfo( 'version' ),
			'companion' => EMERGENCY_ACCESS_COMPANION,
			'edition'   => 'companion',
			'digest'    => Digest::of_files( dirname( __DIR__, 2 ) ),
			'keys'      => $this->pairing->kids(),
			'features'  => self::features(),
			'problems'  => array_keys( array_filter( $this->problems() + $this->record->problems() ) ),
		);
	}

	/** @return array<string,bool> */
	private function problems(): array {
		return array(
			'restored'              => $this->mark->is_behind(),
			'rows_unproven'         => $this->live->unproven() > 0,
			'rows_of_unknown_key'   => $this->live->of_unknown_key() > 0,
			'protection_unproven'   => $this->rule->is_unproven(),
			'mark_only_in_database' => ! $this->mark->is_kept_outside(),
			'opcache_frozen'        => ini_get( 'opcache.enable' ) && ! ini_get( 'opcache.validate_timestamps' ),
		);
	}

	/** @return string[] */
	private static function features(): array {
		$features = array();
		if ( defined( 'WC_VERSION' ) ) {
			$features[] = 'woocommerce ' . WC_VERSION;
			if ( 'yes' === get_option( 'woocommerce_custom_orders_table_enabled' ) ) {
				$features[] = 'hpos';
			}
		}
		if ( is_multisite() ) {
			$features[] = 'multisite';
		}
		if ( wp_using_ext_object_cache() ) {
			$features[] = 'object-cache';
		}
		return $features;
	}
}
