<?php
namespace EmergencyAccess\Events;

/**
 * One thing that happened, and the one way it is written.
 *
 * Numbers of objects, types, route templates and logins only: no patient, no
 * title, no query.
 */
final class Event {
	const MOST_FACTS   = 8;
	const LONGEST_FACT = 200;
	const LONGEST      = 3500;

	/** @var string */
	public $kind;
	/** @var string '' for what stands under no grant. */
	public $grant;
	/** @var string '' when nobody is known. */
	public $account;
	/** @var array<string,string|int> */
	public $facts;

	/** @param array<string,string|int> $facts `object` is what it happened to, such as "post 12". */
	public function __construct( string $kind, string $grant, string $account, array $facts = array() ) {
		$this->kind    = $kind;
		$this->grant   = $grant;
		$this->account = self::short( $account );
		$this->facts   = array_map( array( self::class, 'plain' ), array_slice( $facts, 0, self::MOST_FACTS, true ) );
	}

	/** JSON in ASCII, keys sorted, no blanks, slashes as they are: the text whose hash is chained. */
	public function body( int $seq, int $at ): string {
		$text = $this->text( $this->facts, $seq, $at );
		// The broker takes no longer one. Nothing this long is written by the companion itself.
		return strlen( $text ) <= self::LONGEST ? $text : $this->text( array( 'left_out' => count( $this->facts ) ), $seq, $at );
	}

	/** Equal for two events that tell the same: this kind, under this grant, of this object. */
	public function about(): string {
		return hash( 'sha256', $this->kind . "\n" . $this->grant . "\n" . ( $this->facts['object'] ?? '' ) );
	}

	/** @param array<string,string|int> $facts */
	private function text( array $facts, int $seq, int $at ): string {
		ksort( $facts, SORT_STRING );
		$fields = array(
			'account' => $this->account,
			'at'      => $at,
			'facts'   => (object) $facts,
			'grant'   => $this->grant,
			'kind'    => $this->kind,
			'seq'     => $seq,
		);
		$json = (string) json_encode( $fields, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE );
		return str_replace( "\x7f", '\u007f', $json );
	}

	/**
	 * @param mixed $fact
	 * @return string|int
	 */
	private static function plain( $fact ) {
		return is_int( $fact ) ? $fact : self::short( is_scalar( $fact ) ? (string) $fact : '' );
	}

	private static function short( string $text ): string {
		// A character cut in half is replaced when it is written.
		return substr( $text, 0, self::LONGEST_FACT );
	}
}
