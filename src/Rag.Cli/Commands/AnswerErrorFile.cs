using System.Text;
using Rag.Cli.Output;
using Rag.Evaluation.Answers;
using Rag.Evaluation.Articles;

namespace Rag.Cli.Commands;

/// <summary>A file of JSON lines, one for each question that was not answered as it should have been.</summary>
internal sealed class AnswerErrorFile : IDisposable
{
    private readonly StreamWriter _writer;

    /// <summary>Makes the file, in place of another of that name.</summary>
    /// <exception cref="UnavailableException">It cannot be made.</exception>
    public AnswerErrorFile(string path)
    {
        try
        {
            _writer = new StreamWriter(path, append: false, new UTF8Encoding(false));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The file for the errors, '{path}', cannot be written: {error.Message}", path, error);
        }
    }

    /// <summary>Writes the wrong ones of one measurement.</summary>
    public void Write(ArticleSet set, string way, IReadOnlyList<AnswerOutcome> outcomes)
    {
        foreach (AnswerOutcome outcome in outcomes.Where(outcome => outcome.IsWrong))
        {
            JsonOutput.Write(_writer, AnswerErrorJson.From(set.Name, way, outcome));
        }
    }

    public void Dispose() => _writer.Dispose();
}
