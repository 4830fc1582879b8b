using System.Text.Json;
using Rag.Models.Formats.Safetensors;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>
/// Llama written out plainly in double precision, the whole sequence at once, for shapes that no fixture has: after
/// "LLaMA" (arXiv 2302.13971) with the rotation of halves that Hugging Face checkpoints use.
/// </summary>
internal sealed class ReferenceLlama(string folder) : IDisposable
{
    private readonly SafetensorsFolder _weights = SafetensorsFolder.Open(folder);
    private readonly JsonElement _config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json"))).RootElement;

    /// <summary>The logits of every token, [tokens][vocabulary].</summary>
    public double[][] Logits(int[] ids)
    {
        double[][] table = Matrix("model.embed_tokens.weight", Int("hidden_size"));
        double[][] x = [.. ids.Select(id => (double[])table[id].Clone())];
        for (int i = 0; i < Int("num_hidden_layers"); i++)
        {
            string name = $"model.layers.{i}.";
            AddTo(x, Attention([.. x.Select(row => Norm(row, name + "input_layernorm.weight"))], name + "self_attn."));
            AddTo(x, [.. x.Select(row => Mlp(Norm(row, name + "post_attention_layernorm.weight"), name + "mlp."))]);
        }

        double[][] head = _config.GetProperty("tie_word_embeddings").GetBoolean() ? table : Matrix("lm_head.weight", Int("hidden_size"));
        return [.. x.Select(row => Norm(row, "model.norm.weight")).Select(row => head.Select(w => Dot(w, row)).ToArray())];
    }

    public void Dispose() => _weights.Dispose();

    private double[][] Attention(double[][] x, string name)
    {
        (int heads, int shared) = (Int("num_attention_heads"), Int("num_key_value_heads"));
        int size = Int("hidden_size") / heads;
        double[][] q = [.. x.Select((row, p) => Rotate(Linear(row, name + "q_proj"), size, p))];
        double[][] k = [.. x.Select((row, p) => Rotate(Linear(row, name + "k_proj"), size, p))];
        double[][] v = [.. x.Select(row => Linear(row, name + "v_proj"))];
        double[][] result = [.. x.Select(_ => new double[heads * size])];
        for (int h = 0; h < heads; h++)
        {
            int from = h / (heads / shared) * size;
            for (int t = 0; t < x.Length; t++)
            {
                double[] weights = [.. Enumerable.Range(0, t + 1).Select(s => Math.Exp(Enumerable.Range(0, size).Sum(d => q[t][(h * size) + d] * k[s][from + d]) / Math.Sqrt(size)))];
                double sum = weights.Sum();
                for (int d = 0; d < size; d++)
                {
                    result[t][(h * size) + d] = weights.Select((w, s) => w / sum * v[s][from + d]).Sum();
                }
            }
        }

        return [.. result.Select(row => Linear(row, name + "o_proj"))];
    }

    private double[] Rotate(double[] row, int size, int position)
    {
        double theta = _config.GetProperty("rope_theta").GetDouble();
        double[] result = (double[])row.Clone();
        for (int start = 0; start < row.Length; start += size)
        {
            for (int i = 0; i < size / 2; i++)
            {
                (double sin, double cos) = Math.SinCos(position * Math.Pow(theta, -2.0 * i / size));
                (double a, double b) = (row[start + i], row[start + i + (size / 2)]);
                (result[start + i], result[start + i + (size / 2)]) = ((a * cos) - (b * sin), (b * cos) + (a * sin));
            }
        }

        return result;
    }

    private double[] Mlp(double[] x, string name)
    {
        double[] up = Linear(x, name + "up_proj");
        return Linear([.. Linear(x, name + "gate_proj").Select((g, i) => g / (1 + Math.Exp(-g)) * up[i])], name + "down_proj");
    }

    private double[] Linear(double[] x, string name)
    {
        float[]? bias = _weights.Find(name + ".bias") is null ? null : _weights.ReadSingles(name + ".bias");
        return [.. Matrix(name + ".weight", x.Length).Select((row, i) => Dot(row, x) + (bias?[i] ?? 0))];
    }

    private double[] Norm(double[] x, string name)
    {
        float[] weight = _weights.ReadSingles(name);
        double scale = 1 / Math.Sqrt((Dot(x, x) / x.Length) + _config.GetProperty("rms_norm_eps").GetDouble());
        return [.. x.Select((value, i) => value * scale * weight[i])];
    }

    private double[][] Matrix(string name, int columns) => [.. _weights.ReadSingles(name).Chunk(columns).Select(row => Array.ConvertAll(row, value => (double)value))];

    private int Int(string key) => _config.GetProperty(key).GetInt32();

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static void AddTo(double[][] x, double[][] y)
    {
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = [.. x[i].Zip(y[i], (a, b) => a + b)];
        }
    }
}
