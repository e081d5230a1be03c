<?php
namespace EmergencyAccess\Events;

use EmergencyAccess\Containing\StandingRights;

/** What is remembered of a powerful account: short digests, from which nothing can be read back. */
final class AccountParts {
	/** @param array<string,string> $row */
	public static function of( array $row, string $roles, string $applications ): string {
		$passwords = array();
		foreach ( StandingRights::unpack( $applications ) as $item ) {
			// When and from where it was used last changes by itself.
			$passwords[] = is_array( $item ) ? ( $item['uuid'] ?? '' ) . ( $item['password'] ?? '' ) : '';
		}
		return self::write(
			array_map(
				static function ( string $value ): string {
					return substr( hash( 'sha256', $value ), 0, 24 );
				},
				array(
					PowerfulAccounts::ROLES        => RoleChanges::listed( StandingRights::unpack( $roles ) ),
					PowerfulAccounts::PASSWORD     => $row['user_pass'],
					PowerfulAccounts::EMAIL        => $row['user_email'],
					PowerfulAccounts::APPLICATIONS => implode( ' ', $passwords ),
				)
			)
		);
	}

	/** @param array<string,string> $parts */
	public static function write( array $parts ): string {
		ksort( $parts );
		return http_build_query( $parts );
	}

	/** @return array<string,string> The known parts; nothing for what is not there. */
	public static function read( string $value ): array {
		parse_str( $value, $parts );
		return array_intersect_key( $parts, PowerfulAccounts::MEANINGS );
	}
}
