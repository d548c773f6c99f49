using System.CommandLine;
using Nabla.Cli.Serving;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla serve MODELS</c>.</summary>
internal static class ServeCommand
{
    private const string UsualAddress = "http://127.0.0.1:8000";

    public static Command Create(Terminal terminal)
    {
        Argument<string> models = new("MODELS")
        {
            Description = "A run folder, a model folder, a .nabla file, an ONNX file, or a repository: a folder name/version/ for each version of each model.",
        };
        Option<string> urls = new("--urls")
        {
            Description = "Where REST is answered; several addresses are parted by semicolons.",
            DefaultValueFactory = _ => UsualAddress,
            HelpName = "URLS",
        };
        Option<int?> grpcPort = CommonOptions.MaybePositive("--grpc-port", "The port for gRPC, on the host of the first address; without it there is no gRPC.");
        Option<string?> config = new("--config") { Description = "A JSON file with limits, batching and traffic rules.", HelpName = "FILE" };
        Command command = new("serve", "Serves models over REST and gRPC until it is stopped.") { models, urls, grpcPort, config };
        command.SetAction((result, cancellationToken) => ModelServer.RunAsync(
            new ServeSettings(result.GetValue(models)!, result.GetValue(urls)!, result.GetValue(grpcPort), result.GetValue(config)), terminal, cancellationToken));
        return command;
    }
}
