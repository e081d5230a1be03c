<?php
namespace EmergencyAccess\Telling;

use EmergencyAccess\Signed\Pairing;

/** Tells whoever may mend it that the site is not paired, and what to do. */
final class Notice {
	const SENTENCES = array(
		'pairing_missing' => 'Emergency access is off: this site is not paired with a broker. Run "broker site add" there and put the line it prints into wp-config.php, as %s.',
		'bad_pairing'     => 'Emergency access is off: %s in wp-config.php cannot be read. Print it again with "broker site pairing" and replace the line.',
	);

	public static function hook( string $reason ): void {
		add_action(
			'admin_notices',
			static function () use ( $reason ): void {
				if ( current_user_can( 'manage_options' ) ) {
					echo '<div class="notice notice-error"><p>' . esc_html( sprintf( self::SENTENCES[ $reason ], Pairing::constant_name() ) ) . '</p></div>';
				}
			}
		);
	}
}
