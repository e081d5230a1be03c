<?php
namespace EmergencyAccess\Verifying;

/**
 * The broker's keys behind an address, fetched once and kept, and looked up again when a new one signs.
 *
 * What was fetched is kept for the requests to come by whoever made this: on
 * WordPress in an option.
 */
final class FetchedKeys implements KeyFinder {
	/** After this they are fetched again, so that a withdrawn one is forgotten. */
	const FRESH = 300;
	/** So long the keys last seen go on while the broker cannot be reached. */
	const LONGEST_STALE = 3600;
	/** No two fetches closer than this, whoever sends tokens with made-up key ids. */
	const PAUSE = 30;
	/** The same while no key was ever seen. */
	const PAUSE_AT_FIRST = 5;

	/** @var callable():(array<mixed>|null) */
	private $fetch;
	/** @var callable():mixed */
	private $read;
	/** @var callable(array<string,mixed>):void */
	private $keep;

	/**
	 * @param callable():(array<mixed>|null)     $fetch The document; null when nothing that can be used came back.
	 * @param callable():mixed                   $read  What was kept last.
	 * @param callable(array<string,mixed>):void $keep
	 */
	public function __construct( callable $fetch, callable $read, callable $keep ) {
		$this->fetch = $fetch;
		$this->read  = $read;
		$this->keep  = $keep;
	}

	public function find( string $kid, int $now ): ?PublicKey {
		$kept = $this->kept( $now );
		$key  = ( new KeyList( $kept['document'] ) )->find( $kid, $now );
		if ( ( null === $key || $now - $kept['seen_at'] >= self::FRESH ) && ! self::just_tried( $kept, $now ) ) {
			$kept = $this->look_again( $kept, $now );
			$key  = ( new KeyList( $kept['document'] ) )->find( $kid, $now );
		}
		if ( ! $kept['document'] || $now - $kept['seen_at'] > self::LONGEST_STALE ) {
			throw TokenRefused::cannot_tell( 'keys_unavailable' );
		}
		return $key;
	}

	/** @return array<string,mixed> */
	private function kept( int $now ): array {
		$kept = ( $this->read )();
		$kept = is_array( $kept ) ? $kept : array();
		return array(
			'document' => is_array( $kept['document'] ?? null ) ? $kept['document'] : array(),
			'seen_at'  => self::instant( $kept['seen_at'] ?? 0, $now ),
			'tried_at' => self::instant( $kept['tried_at'] ?? 0, $now ),
		);
	}

	/** After a clock was set back, what is kept from the future must not look fresh for ever. */
	private static function instant( $kept, int $now ): int {
		return is_int( $kept ) && $kept <= $now ? $kept : 0;
	}

	/** @param array<string,mixed> $kept */
	private static function just_tried( array $kept, int $now ): bool {
		return $now - $kept['tried_at'] < ( $kept['document'] ? self::PAUSE : self::PAUSE_AT_FIRST );
	}

	/**
	 * @param array<string,mixed> $kept
	 * @return array<string,mixed>
	 */
	private function look_again( array $kept, int $now ): array {
		$kept['tried_at'] = $now;
		// Before the fetch, so that the requests beside this one do not all fetch too.
		( $this->keep )( $kept );
		$document = ( $this->fetch )();
		// A document without a single key is a fault there, not a reason to forget what was known.
		if ( null !== $document && ! empty( $document['keys'] ) ) {
			$kept = array( 'document' => $document, 'seen_at' => $now, 'tried_at' => $now );
			( $this->keep )( $kept );
		}
		return $kept;
	}
}
