using Rag.Runtime.Sessions;

namespace Rag.Runtime.Tests.Reading;

/// <summary>A span reader whose logits are functions of the token, and which keeps what it was asked.</summary>
internal sealed class ScriptedSpanSession : IHeadSession
{
    public List<Row> Rows { get; } = [];

    public List<(int Batch, int Sequence)> Batches { get; } = [];

    public Func<Row, int, (float Start, float End)> Logits { get; init; } = (_, _) => default;

    public int VocabularySize => 100;

    public int MaxPositions { get; init; } = 512;

    public int Width => 2;

    public bool PerToken => true;

    public string? DeviceNotice => null;

    public void Run(
        ReadOnlySpan<long> ids, ReadOnlySpan<long> types, ReadOnlySpan<long> mask, int batch, int sequence, Span<float> output, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Batches.Add((batch, sequence));
        for (int b = 0; b < batch; b++)
        {
            int at = b * sequence;
            Row row = new([.. ids.Slice(at, sequence)], [.. types.Slice(at, sequence)], [.. mask.Slice(at, sequence)]);
            Rows.Add(row);
            for (int t = 0; t < sequence; t++)
            {
                // Padding gives what would win if it were looked at.
                (output[2 * (at + t)], output[(2 * (at + t)) + 1]) = row.Mask[t] == 0 ? (1000, 1000) : Logits(row, t);
            }
        }
    }

    public void Dispose()
    {
    }

    internal sealed record Row(long[] Ids, long[] Types, long[] Mask);
}
