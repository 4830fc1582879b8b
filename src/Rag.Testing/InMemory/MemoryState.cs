using System.Collections.Immutable;
using Rag.Index;

namespace Rag.Testing;

/// <summary>Everything that an <see cref="InMemoryChunkIndex"/> holds at one moment.</summary>
internal sealed record MemoryState(IndexManifest? Manifest, ImmutableSortedDictionary<string, MemoryDocument> Documents);
