namespace Rag.Index.Maintenance.Exchange;

/// <summary>The last line of an export, by which one that was cut short is told.</summary>
internal sealed record ExchangeEnd(bool End, long Documents, long Chunks);
