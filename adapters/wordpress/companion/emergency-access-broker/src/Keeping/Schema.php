<?php
namespace EmergencyAccess\Keeping;

/** The tables, made on demand because a must-use plugin is never "activated". */
final class Schema {
	const OPTION  = 'emergency_access_schema';
	const VERSION = '3';

	public static function ensure( \wpdb $db ): void {
		if ( get_option( self::OPTION ) === self::VERSION ) {
			return;
		}
		$suffix = $db->get_charset_collate();
		foreach ( self::statements( $db->prefix . 'emergency_access_' ) as $statement ) {
			if ( false === $db->query( $statement . ' ' . $suffix ) ) {
				return;
			}
		}
		update_option( self::OPTION, self::VERSION, true );
	}

	/** Columns other than the signed texts only help to find rows; what counts is inside the signature. */
	public static function statements( string $prefix ): array {
		return array(
			"CREATE TABLE IF NOT EXISTS {$prefix}leases (
				grant_id varchar(64) NOT NULL PRIMARY KEY,
				account varchar(60) NOT NULL,
				version bigint NOT NULL,
				lease text NOT NULL,
				revocation text NOT NULL,
				expires_at bigint NOT NULL,
				ended_at bigint NOT NULL,
				keep_until bigint NOT NULL" . self::index( 'account', 'account, ended_at' ) . self::index( 'due', 'ended_at, expires_at' ) . ')',
			"CREATE TABLE IF NOT EXISTS {$prefix}uses (
				grant_id varchar(64) NOT NULL,
				session char(64) NOT NULL,
				PRIMARY KEY (grant_id, session))",
			"CREATE TABLE IF NOT EXISTS {$prefix}calls (
				nonce varchar(64) NOT NULL PRIMARY KEY,
				keep_until bigint NOT NULL" . self::index( 'keep', 'keep_until' ) . ')',
			"CREATE TABLE IF NOT EXISTS {$prefix}orders (
				account varchar(60) NOT NULL PRIMARY KEY,
				version bigint NOT NULL,
				order_id varchar(64) NOT NULL,
				document text NOT NULL,
				standing bigint NOT NULL,
				frozen int NOT NULL,
				spare text NOT NULL,
				done int NOT NULL" . self::index( 'frozen', 'frozen' ) . ')',
			"CREATE TABLE IF NOT EXISTS {$prefix}state (
				name varchar(64) NOT NULL PRIMARY KEY,
				number bigint NOT NULL,
				text text NOT NULL)",
			"CREATE TABLE IF NOT EXISTS {$prefix}events (
				seq bigint NOT NULL PRIMARY KEY,
				at bigint NOT NULL,
				about char(64) NOT NULL,
				body text NOT NULL,
				hash char(64) NOT NULL" . self::index( 'about', 'about, at' ) . ')',
			"CREATE TABLE IF NOT EXISTS {$prefix}seen (
				name varbinary(191) NOT NULL PRIMARY KEY,
				value varchar(255) NOT NULL)",
		);
	}

	private static function index( string $name, string $columns ): string {
		return ",\n\t\t\t\tKEY by_{$name} ({$columns})";
	}
}
