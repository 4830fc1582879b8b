using Microsoft.ML.OnnxRuntime;
using Rag.Models.Networks;
using Rag.Runtime.Sessions.Memory;

namespace Rag.Runtime.Sessions;

/// <summary>
/// Cosine and sine of position times inverse frequency, [positions, pairs]. The angle is rounded to single precision
/// before the cosine is taken, as the reference implementation does, so that far positions agree with it.
/// </summary>
internal sealed class RotaryTable : IDisposable
{
    public RotaryTable(RopeDescription rope, int positions, int regime, IDecoderMemory memory)
    {
        float[] inverse = regime == 0 || rope.Stretch is null ? rope.InverseFrequencies : rope.Stretch.InverseFrequencies(regime);
        int pairs = inverse.Length;
        float[] cosine = new float[checked(positions * pairs)];
        float[] sine = new float[cosine.Length];
        for (int position = 0; position < positions; position++)
        {
            for (int i = 0; i < pairs; i++)
            {
                float angle = position * inverse[i];
                cosine[(position * pairs) + i] = (float)Math.Cos(angle) * rope.Multiplier;
                sine[(position * pairs) + i] = (float)Math.Sin(angle) * rope.Multiplier;
            }
        }

        Positions = positions;
        Cosine = Placed(cosine, positions, pairs, memory);
        Sine = Placed(sine, positions, pairs, memory);
    }

    public int Positions { get; }

    public OrtValue Cosine { get; }

    public OrtValue Sine { get; }

    public void Dispose()
    {
        Cosine.Dispose();
        Sine.Dispose();
    }

    private static OrtValue Placed(float[] table, int positions, int pairs, IDecoderMemory memory)
    {
        OrtValue value = memory.Allocate(memory.Floats, positions, pairs);
        memory.Write(value, memory.Floats, 0, table);
        return value;
    }
}
