<?php
namespace EmergencyAccess\Calls;

use EmergencyAccess\Keeping\StorageFailed;
use EmergencyAccess\Signed\Refusal;

/** What one of the broker's calls does, once its envelope is accepted. */
interface Route {
	/**
	 * @return array<string,mixed>
	 * @throws Refusal bad_body.
	 * @throws StorageFailed When the database did not do as asked.
	 */
	public function answer( Question $question, int $now ): array;
}
