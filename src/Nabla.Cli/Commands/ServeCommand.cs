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
        Option<string?> keys = new("--keys") { Description = "A file of API keys: who has none of them is not answered.", HelpName = "FILE" };
        Option<string?> adminKey = new("--admin-key") { Description = "A file for a new key that may load and unload models, until the server stops.", HelpName = "FILE" };
        Option<string?> name = new("--name") { Description = "The name of a single model, in place of its own.", HelpName = "NAME" };
        Option<bool> insecure = new("--insecure") { Description = "Let other machines in without asking who they are." };
        Command command = new("serve", "Serves models over REST and gRPC until it is stopped.")
        {
            models, urls, grpcPort, config, keys, adminKey, name, insecure, ServeKeysCommand.Create(terminal),
        };
        command.SetAction((result, cancellationToken) => ModelServer.RunAsync(
            new ServeSettings(
                result.GetValue(models)!,
                result.GetValue(urls)!,
                result.GetValue(grpcPort),
                result.GetValue(config),
                result.GetValue(keys),
                result.GetValue(adminKey),
                result.GetValue(name),
                result.GetValue(insecure)),
            terminal,
            cancellationToken));
        return command;
    }
}
