<?php
namespace EmergencyAccess\Events;

use EmergencyAccess\Keeping\StorageFailed;

/** Something that can change past WordPress: by the database, by files. */
interface Watched {
	/** The first part of each name, before a colon. */
	public function group(): string;

	/**
	 * @return array<string,string>|null Name => short value of everything there is now; null when it cannot be told in time.
	 * @throws StorageFailed When it cannot be read.
	 */
	public function present(): ?array;

	/**
	 * @param string|null $was Null when it was not there.
	 * @param string|null $is  Null when it is gone.
	 * @return array<int,array{0:string,1:array<string,string|int>}> Kinds and facts of what that means.
	 */
	public function meaning( string $name, ?string $was, ?string $is ): array;
}
