<?php
namespace EmergencyAccess\Telling;

use EmergencyAccess\Calls\Parts;
use EmergencyAccess\Calls\Question;
use EmergencyAccess\Calls\Routes;
use EmergencyAccess\Containing\Frozen;
use EmergencyAccess\Keeping\StorageFailed;
use EmergencyAccess\Signed\Lease;
use EmergencyAccess\Signed\Pairing;

/**
 * The page in wp-admin that tells the site's administrators what is active.
 *
 * It only shows: no form, no key, no patient. Whatever changes something is the broker's.
 */
final class StatusPage {
	const SLUG = 'emergency-access-status';
	const DAYS = 7;

	/** @var \wpdb */
	private $db;
	/** @var Pairing|null */
	private $pairing;
	/** @var callable():Parts */
	private $parts;

	/** @param callable():Parts $parts Never called where there is no pairing. */
	public static function hook( \wpdb $db, ?Pairing $pairing, callable $parts ): void {
		$page = new self();

		$page->db      = $db;
		$page->pairing = $pairing;
		$page->parts   = $parts;
		add_action( 'admin_menu', array( $page, 'offer' ) );
	}

	public function offer(): void {
		$may  = current_user_can( 'manage_options' ) ? 'manage_options' : 'list_users';
		$page = add_management_page( 'Emergency access', 'Emergency access', $may, self::SLUG, array( $this, 'show' ) );
		if ( $page ) {
			add_action( 'load-' . $page, 'nocache_headers' );
		}
	}

	public function show(): void {
		echo '<div class="wrap emergency-access-status"><h1>Emergency access</h1>';
		try {
			$this->pairing ? $this->tell( ( $this->parts )(), $this->pairing, time() ) : $this->tell_unpaired();
		} catch ( StorageFailed $failure ) {
			echo '<div class="notice notice-error inline"><p>The companion\'s tables cannot be read, so nobody is given access. Look at the site\'s database.</p></div>';
		}
		echo '</div>';
	}

	private function tell( Parts $parts, Pairing $pairing, int $now ): void {
		$record  = new StatusRecord( $this->db, $now );
		$last    = $record->last_contact();
		$problem = Routes::find( 'health', $parts )->answer( Question::read( '{"documents":[]}', 0 ), $now )['problems'];
		printf(
			'<p>Access is given, ended and reviewed in the broker <strong>%s</strong>, which knows this site as <strong>%s</strong> and keeps the ledger. This page only shows what this site was told.</p>',
			esc_html( $pairing->issuer() ),
			esc_html( $pairing->site() )
		);
		StatusTable::show( 'Active now', array( 'Who', 'What', 'Until', 'Grant' ), self::active( $parts->live->all( $now ) ), 'Nobody has emergency access to this site now.' );
		StatusTable::show( 'Frozen accounts', array( 'Who' ), self::frozen( $parts->frozen ), '' );
		StatusTable::show( sprintf( 'Ended in the last %d days', self::DAYS ), array( 'Who', 'Recorded', 'Ended', 'Grant' ), $record->ended( $now - self::DAYS * DAY_IN_SECONDS ), 'None.' );
		$head = $record->head();
		StatusTable::lines(
			'This site and its broker',
			array(
				'Last contact'      => $last ? StatusTable::time( $last ) : 'None within the last day. Ask whoever runs the broker.',
				'This site\'s clock' => StatusTable::time( $now, 'j F Y, H:i:s' ),
				'Events recorded'   => $head['seq'] ? sprintf( '%d, the last one is <code>%s</code>', $head['seq'], esc_html( substr( $head['hash'], 0, 16 ) ) ) : 'None yet.',
				'Problems'          => self::problems( $problem ),
			)
		);
	}

	private function tell_unpaired(): void {
		echo '<div class="notice notice-warning inline"><p>This site is not paired with a broker, so nobody can be given emergency access here.</p></div>';
	}

	/**
	 * @param Lease[] $leases
	 * @return string[][]
	 */
	private static function active( array $leases ): array {
		return array_map(
			static function ( Lease $lease ): array {
				return array( esc_html( $lease->account ), StatusWords::scope( $lease->scope ), StatusTable::time( $lease->expires_at ), '<code>' . esc_html( $lease->grant ) . '</code>' );
			},
			$leases
		);
	}

	/** @return string[][] */
	private static function frozen( Frozen $frozen ): array {
		$rows = $frozen->is_everyone() ? array( array( 'Everyone, but for those the broker spares' ) ) : array();
		foreach ( $frozen->accounts() as $account ) {
			$rows[] = array( esc_html( $account ) );
		}
		return $rows;
	}

	/** @param string[] $words */
	private static function problems( array $words ): string {
		$sentences = array_map( array( StatusWords::class, 'problem' ), $words );
		return $sentences ? '<ul><li>' . implode( '</li><li>', array_map( 'esc_html', $sentences ) ) . '</li></ul>' : 'None.';
	}
}
