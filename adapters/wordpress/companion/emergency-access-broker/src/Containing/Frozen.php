<?php
namespace EmergencyAccess\Containing;

use EmergencyAccess\Keeping\ContainmentTable;
use EmergencyAccess\Signed\Containment;

/** Which accounts may not be used at all. */
final class Frozen {
	/** @var ContainmentTable */
	private $table;
	/** @var array<string,array<string,string>>|null Rows by account. */
	private $rows;

	public function __construct( ContainmentTable $table ) {
		$this->table = $table;
	}

	/** By an order of its own, or by one about everyone that a later release of its own did not undo. */
	public function is( string $account ): bool {
		$rows = $this->rows();
		if ( isset( $rows[ $account ] ) ) {
			return true;
		}
		$everyone = $rows[ Containment::EVERYONE ] ?? null;
		if ( ! $everyone || in_array( $account, (array) json_decode( $everyone['spare'], true ), true ) ) {
			return false;
		}
		$own = $this->table->find( $account );
		return ! $own || $own['account'] !== $account || (int) $own['standing'] < (int) $everyone['standing'];
	}

	public function is_everyone(): bool {
		return isset( $this->rows()[ Containment::EVERYONE ] );
	}

	/** @return string[] Accounts that are frozen by an order of their own. */
	public function accounts(): array {
		return array_map( 'strval', array_keys( array_diff_key( $this->rows(), array( Containment::EVERYONE => 1 ) ) ) );
	}

	/** The rows are read once; after an order was carried out they are others. */
	public function forget(): void {
		$this->rows = null;
	}

	/** @return array<string,array<string,string>> */
	private function rows(): array {
		if ( null === $this->rows ) {
			$this->rows = array_column( $this->table->frozen(), null, 'account' );
		}
		return $this->rows;
	}
}
