<?php
namespace EmergencyAccess\Calls;

use EmergencyAccess\Signed\Refusal;

/** What is answered about one document of a batch. */
final class Verdict {
	/** @return array{grant:?string,answer:string,reason:string} */
	public static function done( string $id ): array {
		return array( 'grant' => $id, 'answer' => 'done', 'reason' => '' );
	}

	/**
	 * @param string|null $id Null when the document could not be read.
	 * @return array{grant:?string,answer:string,reason:string}
	 */
	public static function refused( ?string $id, Refusal $refusal ): array {
		return array( 'grant' => $id, 'answer' => 'refused', 'reason' => $refusal->getMessage() );
	}
}
