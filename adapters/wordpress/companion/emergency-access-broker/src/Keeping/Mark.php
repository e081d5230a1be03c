<?php
namespace EmergencyAccess\Keeping;

use EmergencyAccess\Signed\Pairing;

/**
 * The highest document version this site was ever told of, in the database and in a file beside it.
 *
 * A file that is ahead means that the database was put back from a backup: what
 * was revoked in the meantime stands there as live again, so nothing counts
 * until the broker has sent everything anew and says so.
 */
final class Mark {
	/** @var StateTable */
	private $state;
	/** @var MarkFile */
	private $file;
	/** @var string */
	private $name;

	public function __construct( StateTable $state, MarkFile $file, Pairing $pairing ) {
		$this->state = $state;
		$this->file  = $file;
		// Another broker counts from the beginning.
		$this->name = 'mark-' . substr( hash( 'sha256', $pairing->issuer() . "\n" . $pairing->site() ), 0, 32 );
	}

	public function of_database(): int {
		return max( 0, $this->state->number( $this->name ) );
	}

	/** Whether the database is older than the site. */
	public function is_behind(): bool {
		// The file first: whoever raises both writes it last.
		$file = $this->file->read();
		return $file > $this->of_database();
	}

	/** Not while the database is behind: only a resumption mends that. */
	public function raise( int $mark ): void {
		if ( ! $this->is_behind() ) {
			$this->state->raise( $this->name, $mark );
			$this->file->raise( $mark );
		}
	}

	public function resume( int $mark ): void {
		$this->state->set( $this->name, $mark );
		$this->file->set( $mark );
	}

	public function is_kept_outside(): bool {
		return $this->file->read() >= $this->of_database();
	}
}
