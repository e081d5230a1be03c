<?php
/** Which scope opens all that another one opens: a grant that is extended keeps its sessions. */

use EmergencyAccess\Signed\Scope;

function orders_scope( string $patient, string $verb, array $changed = array() ): array {
	return array( 'patient' => $patient, 'orders' => $changed + array( 'match' => 'customer_meta', 'key' => 'ref', 'capabilities' => array( $verb ) ) );
}

function covers( array $one, array $other ): bool {
	return Scope::from_claim( $one )->covers( Scope::from_claim( $other ) );
}

return array(
	'the same covers itself, notes cover reading, reading covers no notes' => static function (): void {
		same( true, covers( orders_scope( 'P-1', 'read' ), orders_scope( 'P-1', 'read' ) ) );
		same( true, covers( orders_scope( 'P-1', 'notes' ), orders_scope( 'P-1', 'read' ) ) );
		same( false, covers( orders_scope( 'P-1', 'read' ), orders_scope( 'P-1', 'notes' ) ) );
	},
	'another patient, another field and another way to find the customer cover nothing' => static function (): void {
		same( false, covers( orders_scope( 'P-2', 'read' ), orders_scope( 'P-1', 'read' ) ) );
		same( false, covers( orders_scope( 'P-1', 'read', array( 'key' => 'other' ) ), orders_scope( 'P-1', 'read' ) ) );
		$by_id = array( 'patient' => '7', 'orders' => array( 'match' => 'customer_id', 'capabilities' => array( 'read' ) ) );
		same( false, covers( $by_id, orders_scope( '7', 'read' ) ) );
	},
	'orders and posts stand for themselves' => static function (): void {
		$both = orders_scope( 'P-1', 'read' ) + scope_of( 'P-1', 'read' );
		same( true, covers( $both, scope_of( 'P-1', 'read' ) ) );
		same( true, covers( $both, orders_scope( 'P-1', 'read' ) ) );
		same( false, covers( scope_of( 'P-1', 'edit' ), $both ) );
		same( false, covers( orders_scope( 'P-1', 'notes' ), $both ) );
		same( false, covers( array( 'primitives' => array( 'edit_posts' ) ), $both ) );
	},
);
