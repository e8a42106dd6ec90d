using System.IO.Compression;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.People;
using RlhfHub.Web.Features.Models;

namespace RlhfHub.Web.Api;

internal static class VersionFileEndpoints
{
    public static void Map(RouteGroupBuilder root) =>
        root.MapGet("/projects/{projectId:guid}/versions/{versionId:guid}/files", async (Caller caller, VersionService service, ServedModels models, Guid projectId, Guid versionId, CancellationToken stop) =>
            {
                var version = await service.DownloadAsync(caller.Actor, projectId, versionId, stop);
                var folder = models.FolderOf(version.ServedName) ?? throw AccessException.NotFound("files of version", versionId);
                var name = string.Concat(version.Name.Select(letter => char.IsLetterOrDigit(letter) ? letter : '-'));
                return Results.Stream(stream => WriteAsync(stream, folder, name, stop), "application/zip", $"{name}.zip");
            })
            .WithTags("Versions").Reads(Policy.Manage, "A version as a Hugging Face folder or PEFT adapter, in a zip file");

    private static async Task WriteAsync(Stream stream, DirectoryInfo folder, string name, CancellationToken stop)
    {
        // Weights hardly shrink, and must not make anybody wait.
        await using var zip = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, stop);
        foreach (var file in folder.GetFiles())
        {
            await using var entry = await zip.CreateEntry($"{name}/{file.Name}", CompressionLevel.NoCompression).OpenAsync(stop);
            await using var content = file.OpenRead();
            await content.CopyToAsync(entry, stop);
        }
    }
}
