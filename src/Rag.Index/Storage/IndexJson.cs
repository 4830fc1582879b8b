using System.Text.Json.Serialization;

namespace Rag.Index.Storage;

/// <summary>The JSON forms kept in the database.</summary>
[JsonSerializable(typeof(IndexManifest))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class IndexJson : JsonSerializerContext;
