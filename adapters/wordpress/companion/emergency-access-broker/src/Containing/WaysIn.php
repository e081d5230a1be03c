<?php
namespace EmergencyAccess\Containing;

use EmergencyAccess\Signed\Containment;

/** What lets the accounts an order is about into the site. */
interface WaysIn {
	public function knows( string $account ): bool;

	public function end_sessions( Containment $order ): void;

	public function delete_application_passwords( Containment $order ): void;

	public function delete_api_keys( Containment $order ): void;
}
