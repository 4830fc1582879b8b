// Asks a folder of documents a question, as a library user would.
//
//   dotnet run --project examples/01-ask-a-folder -- examples/observatory "Who saved the mirror?"
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rag.Answering;
using Rag.Hosting;

string folder = args.Length > 0 ? args[0] : "examples/observatory";
string question = args.Length > 1 ? args[1] : "Who saved the mirror from the fire, and how?";

// Without a container: open a folder, ask, read the answer and where it stands.
await using (DocumentLibrary library = await DocumentLibrary.OpenAsync(new RagOptions { Documents = folder }))
{
    Answer answer = await library.AskAsync(question);
    Console.WriteLine(answer.Text);
    foreach (Citation citation in answer.Citations)
    {
        Console.WriteLine($"[{citation.Source}] {citation.DocumentId}, characters {citation.Range}: {citation.Quote}");
    }
}

// In a host: one line registers the library, everything else is injection.
HostApplicationBuilder builder = Host.CreateApplicationBuilder();
builder.Services.AddRag(options => options.Documents = folder);
using IHost host = builder.Build();

DocumentLibrary injected = host.Services.GetRequiredService<DocumentLibrary>();
await foreach (AnswerPart part in injected.StreamAsync(new Question(question)))
{
    Console.Write(part.Text);
}

Console.WriteLine();
