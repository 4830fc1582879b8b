using System.Globalization;
using System.Text;
using Rag.Cli.Tests.Support;

namespace Rag.Faults.Tests.Support;

/// <summary>A folder of made-up documents that can change: some anew, some different, some gone.</summary>
internal sealed class ChangingDocuments(WorkFolder folder, int count, int seed)
{
    private static readonly string[] Words =
        "lantern harbour copper winter observatory room quiet river loud bell mirror pigeon salt ladder north engine paper green stone window".Split(' ');

    public string Path => folder.Below("docs");

    /// <summary>Writes the first state.</summary>
    public void WriteFirst()
    {
        for (int i = 0; i < count; i++)
        {
            Write(i, version: 0);
        }
    }

    /// <summary>Of every five documents one changes and one vanishes; as many new ones come.</summary>
    public void Change()
    {
        for (int i = 0; i < count; i++)
        {
            switch (i % 5)
            {
                case 1:
                    Write(i, version: 1);
                    break;
                case 3:
                    File.Delete(System.IO.Path.Combine(Path, Name(i)));
                    Write(count + i, version: 0);
                    break;
            }
        }
    }

    private void Write(int number, int version)
    {
        var random = new Random(HashCode(seed, number, version));
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"# Room {number}\n"));
        int paragraphs = random.Next(1, 6);
        for (int i = 0; i < paragraphs; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## Part {i}\n\n");
            for (int word = random.Next(20, 120); word > 0; word--)
            {
                text.Append(Words[random.Next(Words.Length)]).Append(word % 13 == 0 ? ". " : " ");
            }
        }

        folder.Write(System.IO.Path.Combine("docs", Name(number)), text.ToString());
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"{number % 7}/{number}.md");

    // Not System.HashCode: it differs from process to process.
    private static int HashCode(int a, int b, int c) => unchecked((((a * 397) ^ b) * 397) ^ c);
}
