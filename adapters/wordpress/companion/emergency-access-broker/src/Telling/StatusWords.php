<?php
namespace EmergencyAccess\Telling;

use EmergencyAccess\Signed\Scope;

/** What is opened, and what is wrong, in words for the site's administrator. */
final class StatusWords {
	const PROBLEMS = array(
		'restored'              => 'This site\'s database was put back from a backup. Nobody has emergency access until the broker has sent everything again.',
		'rows_unproven'         => 'Somebody edited the table of leases. The edited rows give nobody anything.',
		'rows_of_unknown_key'   => 'Leases are stored here that another key signed. They give nobody anything until the broker sends them again.',
		'protection_unproven'   => 'The rule about network administrators cannot be proven, so it holds nobody back. The broker sends it again.',
		'mark_only_in_database' => 'The folder wp-content/uploads/emergency-access cannot be written. Let PHP write there, so that a restored database is noticed.',
		'opcache_frozen'        => 'PHP never looks for changed files here. Restart it after each change of the companion or the pairing.',
		'events_lost'           => 'The record of events could not be written, and nobody was given access in the meantime. Look at the database and its free space.',
		'files_not_watched'     => 'There is more code here than can be looked through, so changed files go unnoticed. Remove plugins and themes that are not used.',
		'accounts_not_watched'  => 'There are more powerful accounts or API keys than can be compared. Remove those that are not used.',
	);

	public static function problem( string $word ): string {
		return self::PROBLEMS[ $word ] ?? 'The companion says "' . $word . '". Ask whoever runs the broker.';
	}

	/** Which patient is not said: who should know reads it in the broker. Escaped. */
	public static function scope( Scope $scope ): string {
		$words = array();
		if ( $scope->posts ) {
			$type    = get_post_type_object( $scope->posts->post_type );
			$verbs   = $scope->posts->allows( 'edit' ) ? 'Read and edit' : 'Read';
			$words[] = sprintf( '%s one patient\'s %s', $verbs, $type ? $type->labels->name : $scope->posts->post_type );
		}
		if ( $scope->orders ) {
			$words[] = 'Read one patient\'s orders' . ( $scope->orders->allows( 'notes' ) ? ' and add notes to them' : '' );
		}
		if ( $scope->primitives ) {
			$words[] = 'These capabilities: ' . implode( ', ', $scope->primitives );
		}
		return implode( '<br>', array_map( 'esc_html', $words ) );
	}
}
