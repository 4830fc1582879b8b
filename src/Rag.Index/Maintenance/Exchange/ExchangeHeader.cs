namespace Rag.Index.Maintenance.Exchange;

/// <summary>The first line of an export.</summary>
internal sealed record ExchangeHeader(string? Format, int Version, IndexManifest? Manifest, long Documents, long Chunks)
{
    public const string Name = "rag-index";

    /// <summary>The newest version: what an index with sparse or token vectors is written as, which an earlier reader would leave out.</summary>
    public const int Newest = 2;

    private const int WithoutKinds = 1;

    /// <summary>The version that an index with this manifest is written as: the earliest that holds all of it.</summary>
    public static int For(IndexManifest? manifest) => manifest is { Sparse: null, Tokens: null } or null ? WithoutKinds : Newest;
}
