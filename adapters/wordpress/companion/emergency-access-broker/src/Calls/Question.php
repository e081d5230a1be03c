<?php
namespace EmergencyAccess\Calls;

use EmergencyAccess\Signed\Refusal;

/** What a call asks: signed documents, or accounts, or what followed an event. */
final class Question {
	const BATCH = 500;

	/** @var string[] */
	public $documents;
	/** @var string[] */
	public $accounts;
	/** @var int */
	public $after;
	/** @var int The call's own mark. */
	public $mark;

	/** @throws Refusal bad_body. */
	public static function read( string $body, int $mark ): self {
		$said     = json_decode( $body, true, 4 );
		$said     = is_array( $said ) ? $said : array();
		$question = new self();

		$question->documents = self::texts( $said['documents'] ?? null );
		$question->accounts  = self::texts( $said['accounts'] ?? array() );
		$question->after     = self::whole( $said['after'] ?? 0 );
		$question->mark      = $mark;
		return $question;
	}

	/**
	 * @param mixed $value
	 * @return string[]
	 */
	private static function texts( $value ): array {
		if ( ! is_array( $value ) || count( $value ) > self::BATCH || array_filter( $value, 'is_string' ) !== $value ) {
			throw new Refusal( 'bad_body' );
		}
		return array_values( $value );
	}

	/** @param mixed $value */
	private static function whole( $value ): int {
		if ( ! is_int( $value ) || $value < 0 ) {
			throw new Refusal( 'bad_body' );
		}
		return $value;
	}
}
