using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML.OnnxRuntime;
using Rag.Models.Graphs;
using Rag.Models.Networks;

namespace Rag.Runtime.Sessions;

/// <summary>What the whole numbers of keys and values in eight bits stand for: one scale for each number of each head, the same for all sessions of a model.</summary>
internal sealed class KeyValueScales : IDisposable
{
    private const int Tokens = 256;
    private const float Margin = 1.25f;
    private const float Steps = 127;

    // A number that was 0 all the time has a scale that hardly cuts anything else off.
    private const float LeastScale = 1e-4f;

    // Scales keep so many bits, so that sums in another order give the same ones.
    private const int DroppedBits = 16;
    private readonly List<(string Name, OrtValue Value)> _scales = [];

    private KeyValueScales(string hash) => Hash = hash;

    /// <summary>A hash of all scales.</summary>
    public string Hash { get; }

    /// <summary>Finds the scales of a model from tokens from all over its vocabulary.</summary>
    /// <param name="model">The model with keys and values in single precision.</param>
    /// <param name="cancellationToken">Ends the computation.</param>
    public static KeyValueScales Of(OnnxDecoderModel model, CancellationToken cancellationToken)
    {
        int count = Math.Min(Tokens, model.MaxPositions);
        int[] tokens = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * model.VocabularySize / count))];
        using OnnxDecoderSession session = (OnnxDecoderSession)model.CreateSession();
        session.Append(tokens, cancellationToken);
        float[] rows = new float[checked(count * model.Layout.FloatsPerToken)];
        session.ReadRows(0, count, rows);
        List<(string Name, float[] Scales, long[] Shape)> found = [];
        ReadOnlySpan<float> rest = rows;
        for (int layer = 0; layer < model.Network.Layers.Count; layer++)
        {
            AttentionDescription attention = (AttentionDescription)model.Network.Layers[layer].Mixer;
            (int heads, int size) = (attention.KeyValueHeads, attention.HeadSize);
            int length = heads * count * size;
            RopeDescription? rope = attention.Rope is { } index ? model.Network.Ropes[index] : null;
            found.Add((GraphNames.KeyScale(layer), Scales(rest[..length], heads, count, size, rope), [heads, 1, size]));
            found.Add((GraphNames.ValueScale(layer), Scales(rest.Slice(length, length), heads, count, size, null), [heads, 1, size]));
            rest = rest[(2 * length)..];
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        found.ForEach(one => hash.AppendData(MemoryMarshal.AsBytes<float>(one.Scales)));
        KeyValueScales scales = new(Convert.ToHexStringLower(hash.GetHashAndReset())[..16]);
        found.ForEach(one => scales._scales.Add((one.Name, OrtValue.CreateTensorValueFromMemory(one.Scales, one.Shape))));
        return scales;
    }

    public void Bind(OrtIoBinding binding)
    {
        foreach ((string name, OrtValue value) in _scales)
        {
            binding.BindInput(name, value);
        }
    }

    public void Dispose() => _scales.ForEach(scale => scale.Value.Dispose());

    private static float[] Scales(ReadOnlySpan<float> rows, int heads, int count, int size, RopeDescription? rope)
    {
        float[] scales = new float[heads * size];
        for (int head = 0; head < heads; head++)
        {
            for (int token = 0; token < count; token++)
            {
                ReadOnlySpan<float> row = rows.Slice(((head * count) + token) * size, size);
                for (int i = 0; i < size; i++)
                {
                    scales[(head * size) + i] = MathF.Max(scales[(head * size) + i], Most(row, i, rope));
                }
            }
        }

        for (int i = 0; i < scales.Length; i++)
        {
            float scale = MathF.Max(scales[i] * Margin / Steps, LeastScale);
            scales[i] = BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(scale) >> DroppedBits) + 1 << DroppedBits);
        }

        return scales;
    }

    // What a pair that is rotated can become at another position is its length.
    private static float Most(ReadOnlySpan<float> row, int index, RopeDescription? rope)
    {
        int pairs = rope?.InverseFrequencies.Length ?? 0;
        if (index >= 2 * pairs)
        {
            return MathF.Abs(row[index]);
        }

        int other = rope!.Interleaved ? index ^ 1 : index < pairs ? index + pairs : index - pairs;
        return MathF.Sqrt((row[index] * row[index]) + (row[other] * row[other]));
    }
}
