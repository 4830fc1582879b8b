using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Rag.Documents;

/// <summary>
/// Runs <c>pdftotext</c> on bytes: they go in through a pipe and pages come out as they are read, so no file is written. Arguments are
/// an array, never a command line. The process is killed with its children when time, output or memory runs out or the caller
/// cancels; memory is held down by <c>prlimit</c> where there is one, and watched otherwise.
/// </summary>
internal sealed class PdfToText(string program, PdfReaderOptions options, string location)
{
    private const int MaxErrorCharacters = 4096;
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>The full path of a program in PATH, or of one named by a path; null where there is none.</summary>
    public static string? Find(string name)
    {
        if (name.Contains(Path.DirectorySeparatorChar) || name.Contains(Path.AltDirectorySeparatorChar))
        {
            return File.Exists(name) ? Path.GetFullPath(name) : null;
        }

        string[] names = OperatingSystem.IsWindows() ? [name + ".exe", name] : [name];
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (string candidate in names)
            {
                if (Path.IsPathFullyQualified(folder) && File.Exists(Path.Combine(folder, candidate)))
                {
                    return Path.Combine(folder, candidate);
                }
            }
        }

        return null;
    }

    /// <summary>Reads the pages from <paramref name="firstPage"/> on.</summary>
    public async Task<PdfToTextResult> RunAsync(ReadOnlyMemory<byte> content, int firstPage, Action<PdfPage> page, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Timeout, options.TimeProvider);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        using Process process = Start(firstPage);
        var parser = new PdfToTextParser(options, location, page);
        long memorySeen = 0;
        try
        {
            Task feed = FeedAsync(process, content, stop.Token);
            Task<string> errors = ReadErrorsAsync(process, stop.Token);
            Task watch = WatchAsync(process, seen => { memorySeen = seen; stop.Cancel(); }, stop.Token);
            await parser.ReadAsync(process.StandardOutput.BaseStream, stop.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(stop.Token).ConfigureAwait(false);
            string said = await errors.ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(feed, watch).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            bool outOfMemory = process.ExitCode != 0 && (said.Contains("bad_alloc", StringComparison.Ordinal) || said.Contains("Out of memory", StringComparison.OrdinalIgnoreCase));
            return outOfMemory
                ? throw new LimitExceededException(nameof(PdfReaderOptions.MaxProgramMemoryBytes), options.MaxProgramMemoryBytes, options.MaxProgramMemoryBytes, location)
                : new PdfToTextResult(process.ExitCode, said, parser.PageCount, parser.Title);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw memorySeen > 0
                ? new LimitExceededException(nameof(PdfReaderOptions.MaxProgramMemoryBytes), options.MaxProgramMemoryBytes, memorySeen, location, e)
                : new LimitExceededException(nameof(PdfReaderOptions.Timeout), (long)options.Timeout.TotalSeconds, (long)options.Timeout.TotalSeconds, location, e);
        }
        finally
        {
            Kill(process);
        }
    }

    private static async Task FeedAsync(Process process, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            Stream input = process.StandardInput.BaseStream;
            await input.WriteAsync(content, cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all; its exit status says why.
        }
    }

    private static async Task<string> ReadErrorsAsync(Process process, CancellationToken cancellationToken)
    {
        var errors = new StringBuilder();
        var buffer = new char[1024];
        int count;
        while ((count = await process.StandardError.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            errors.Append(buffer, 0, Math.Min(count, MaxErrorCharacters - errors.Length));
        }

        return errors.ToString();
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or NotSupportedException)
        {
            // It has ended already.
        }
    }

    private async Task WatchAsync(Process process, Action<long> exceeded, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(WatchInterval);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            long used;
            try
            {
                process.Refresh();
                used = process.WorkingSet64;
            }
            catch (InvalidOperationException)
            {
                return;
            }

            if (used > options.MaxProgramMemoryBytes)
            {
                exceeded(used);
                return;
            }
        }
    }

    private Process Start(int firstPage)
    {
        var start = new ProcessStartInfo
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = Path.GetTempPath(),
        };
        if (OperatingSystem.IsLinux() && Find("prlimit") is { } prlimit)
        {
            start.FileName = prlimit;
            start.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"--as={options.MaxProgramMemoryBytes}"));
            start.ArgumentList.Add("--core=0");
            start.ArgumentList.Add("--");
            start.ArgumentList.Add(program);
        }
        else
        {
            start.FileName = program;
        }

        foreach (string argument in (ReadOnlySpan<string>)["-bbox-layout", "-enc", "UTF-8", "-f", firstPage.ToString(CultureInfo.InvariantCulture), "-", "-"])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return Process.Start(start) ?? throw new UnavailableException($"The program {program} did not start.", program);
        }
        catch (Win32Exception e)
        {
            throw new UnavailableException($"The program {program} cannot be started: {e.Message}", program, e);
        }
    }
}
