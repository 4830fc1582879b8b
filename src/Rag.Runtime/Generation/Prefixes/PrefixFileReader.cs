using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Rag.Models.Formats.Safetensors;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation.Prefixes;

/// <summary>Reads what <see cref="PrefixFileWriter"/> wrote, for the model that it was written for. Nothing of a file is believed before it is checked.</summary>
internal sealed class PrefixFileReader : IDisposable
{
    private readonly SafetensorsFile _file;
    private readonly IncrementalHash _hash;
    private readonly OnnxDecoderModel _model;
    private int _tensors;

    private PrefixFileReader(SafetensorsFile file, OnnxDecoderModel model)
    {
        _file = file;
        _model = model;
        _hash = PrefixFileFormat.BeginHash(file.Metadata);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model that its rows must be of.</param>
    /// <param name="identity">That model's.</param>
    /// <param name="budget">The memory that its rows may take.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The caller's to dispose.</returns>
    /// <exception cref="UnavailableException">The file is not there or cannot be read, or there is no memory.</exception>
    /// <exception cref="CorruptException">It is damaged.</exception>
    /// <exception cref="UnsupportedException">It is of another version.</exception>
    /// <exception cref="IncompatibleException">It is no prefix, or one of another model or in another precision.</exception>
    /// <exception cref="LimitExceededException">It takes more memory than it may.</exception>
    public static StoredPrefix Read(string path, OnnxDecoderModel model, DecoderIdentity identity, long budget, CancellationToken cancellationToken)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        using PrefixFileReader reader = new(file, model);
        reader.CheckIdentity(identity);
        return reader.Read(budget, cancellationToken);
    }

    public void Dispose() => _hash.Dispose();

    private void CheckIdentity(DecoderIdentity identity)
    {
        string version = _file.Metadata.GetValueOrDefault(PrefixFileFormat.VersionEntry)
            ?? throw new IncompatibleException($"{_file.FilePath} is no saved prefix: its metadata has no '{PrefixFileFormat.VersionEntry}'.", _file.FilePath);
        if (version != PrefixFileFormat.Version)
        {
            throw new UnsupportedException($"{_file.FilePath} is a saved prefix of version '{version}', but this program reads version {PrefixFileFormat.Version}; save it again.", _file.FilePath);
        }

        if (Entry(PrefixFileFormat.ModelEntry) != identity.Model)
        {
            throw new IncompatibleException($"{_file.FilePath} was saved for other weights than those of {_model.FolderPath}, or for another configuration of them; save it again.", _file.FilePath);
        }

        if (Entry(PrefixFileFormat.ArithmeticEntry) is var arithmetic && arithmetic != identity.Arithmetic)
        {
            throw new IncompatibleException($"{_file.FilePath} was saved by a model that ran as '{arithmetic}', but {_model.FolderPath} runs as '{identity.Arithmetic}'; save it again.", _file.FilePath);
        }
    }

    private StoredPrefix Read(long budget, CancellationToken cancellationToken)
    {
        CacheLayout layout = _model.Layout;
        int[] tokens = ReadTokens();
        int regime = _model.Network.RotaryRegime(tokens.Length);
        if (Entry(PrefixFileFormat.RegimeEntry) != regime.ToString(CultureInfo.InvariantCulture) || !RotaryTables.IsShared(regime))
        {
            throw Corrupt($"states the rotary regime '{Entry(PrefixFileFormat.RegimeEntry)}' for {tokens.Length} tokens");
        }

        long bytes = ((tokens.Length * layout.FloatsPerToken) + layout.StateFloats) * sizeof(float);
        if (bytes > budget)
        {
            throw new LimitExceededException(nameof(LocalModelOptions.PrefixCacheBytes), budget, bytes, $"The saved prefix {_file.FilePath}");
        }

        List<(CacheBuffer, int)> rows = [];
        CacheBuffer? state = null;
        try
        {
            int piece = PrefixCache.PieceTokens(layout);
            for (int start = 0; layout.FloatsPerToken > 0 && start < tokens.Length; start += piece)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int count = Math.Min(piece, tokens.Length - start);
                rows.Add((ReadNumbers(PrefixFileFormat.Rows(start), [count, layout.FloatsPerToken]), count));
            }

            state = layout.StateFloats > 0 ? ReadNumbers(PrefixFileFormat.State, [layout.StateFloats]) : null;
            CheckHash();
            return new StoredPrefix(tokens, Entry(PrefixFileFormat.AdapterEntry), regime, layout, rows, state);
        }
        catch
        {
            new StoredPrefix(tokens, "", regime, layout, rows, state).Dispose();
            throw;
        }
    }

    private int[] ReadTokens()
    {
        TensorInfo tensor = Take(PrefixFileFormat.Tokens);
        if (tensor.DataType != TensorDataType.Int32 || tensor.Shape is not [>= 1 and var count] || count > _model.MaxPositions)
        {
            throw Corrupt($"holds {tensor.Describe()} as its tokens, of which the model takes at most {_model.MaxPositions}");
        }

        int[] tokens = new int[count];
        ReadBytes(tensor, MemoryMarshal.AsBytes(tokens.AsSpan()));
        return Array.TrueForAll(tokens, token => (uint)token < (uint)_model.VocabularySize) ? tokens : throw Corrupt("holds a token that the model does not have");
    }

    private CacheBuffer ReadNumbers(string name, long[] shape)
    {
        TensorInfo tensor = Take(name);
        if (tensor.DataType != TensorDataType.Float32 || !tensor.Shape.SequenceEqual(shape))
        {
            throw Corrupt($"holds {tensor.Describe()} as '{name}', which must be F32 {TensorInfo.DescribeShape(shape)}");
        }

        CacheBuffer buffer = CacheBuffer.Allocate(tensor.ElementCount);
        try
        {
            ReadBytes(tensor, MemoryMarshal.AsBytes(buffer.Values));
            return _model.Layout.HoldsBytes || float.IsFinite(TensorPrimitives.MaxMagnitude<float>(buffer.Values)) ? buffer : throw Corrupt($"holds a number in '{name}' that is not finite");
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private void CheckHash()
    {
        byte[] stored = new byte[SHA256.HashSizeInBytes];
        TensorInfo tensor = Take(PrefixFileFormat.Checksum);
        if (tensor.Length != stored.Length || _tensors != _file.Tensors.Count)
        {
            throw Corrupt("holds other tensors than a saved prefix has");
        }

        _file.ReadBytes(tensor, stored);
        if (!stored.AsSpan().SequenceEqual(_hash.GetCurrentHash()))
        {
            throw Corrupt("does not have the SHA-256 that it states");
        }
    }

    private TensorInfo Take(string name)
    {
        _tensors++;
        return _file.Find(name) ?? throw Corrupt($"has no '{name}'");
    }

    private void ReadBytes(TensorInfo tensor, Span<byte> bytes)
    {
        _file.ReadBytes(tensor, bytes);
        _hash.AppendData(bytes);
    }

    private string Entry(string key) => _file.Metadata.GetValueOrDefault(key) ?? throw Corrupt($"has no '{key}'");

    private CorruptException Corrupt(string what) => new($"The saved prefix {_file.FilePath} is damaged: it {what}. Save it again.", _file.FilePath);
}
