namespace Rag.Index.Maintenance.Exchange;

/// <summary>The first line of an export.</summary>
internal sealed record ExchangeHeader(string? Format, int Version, IndexManifest? Manifest, long Documents, long Chunks)
{
    public const string Name = "rag-index";

    public const int Newest = 1;
}
