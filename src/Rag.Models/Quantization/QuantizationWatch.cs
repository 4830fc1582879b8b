namespace Rag.Models.Quantization;

/// <summary>Tells after every megabyte how far the work is, and ends it when that is asked for.</summary>
internal sealed class QuantizationWatch(IProgress<QuantizationProgress>? progress, long totalBytes, CancellationToken cancellationToken)
{
    private const long Between = 1 << 20;
    private long _done;
    private long _told;

    /// <summary>Notes that so many bytes of a tensor are done.</summary>
    /// <exception cref="OperationCanceledException">The work is to end.</exception>
    public void Advance(string tensor, long bytes)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _done += bytes;
        if (_done - _told >= Between || _done == totalBytes)
        {
            _told = _done;
            progress?.Report(new QuantizationProgress(tensor, _done, totalBytes));
        }
    }
}
