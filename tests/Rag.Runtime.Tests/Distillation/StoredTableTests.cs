using Rag.Models.Formats.Safetensors;
using Rag.Runtime.Distillation;
using Rag.Runtime.Embedding;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Distillation;

public sealed class StoredTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_Rows_ComeBackWithinHalfAStep()
    {
        const int Rows = 200, Dimensions = 17;
        Random random = new(5);
        float[][] rows = [.. Enumerable.Range(0, Rows).Select(i => Enumerable.Range(0, Dimensions).Select(_ => (random.NextSingle() - .5f) * MathF.Pow(10, (i % 9) - 5)).ToArray())];
        rows[3] = new float[Dimensions];
        StoredTable table = new(Rows, Dimensions);
        for (int i = 0; i < Rows; i++)
        {
            table.Set(i, rows[i]);
        }

        long length = table.Write(_folder.FolderPath, new Dictionary<string, string>());

        string path = _folder.File(StaticTokenTable.FileName);
        Assert.Equal(new FileInfo(path).Length, length);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        float[] scales = file.ReadSingles(file.Require("scales"));
        byte[] values = new byte[Rows * Dimensions];
        file.ReadBytes(file.Require("embeddings"), values);
        for (int i = 0; i < Rows; i++)
        {
            for (int d = 0; d < Dimensions; d++)
            {
                float back = (sbyte)values[(i * Dimensions) + d] * scales[i];
                Assert.True(Math.Abs(back - rows[i][d]) <= .50001f * scales[i], $"row {i}: {rows[i][d]} came back as {back}");
            }

            float largest = rows[i].Max(MathF.Abs);
            Assert.InRange(scales[i], largest / 127, (largest / 127 * 1.002f) + 1e-7f);
        }
    }
}
