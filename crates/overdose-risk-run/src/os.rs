//! What is specific to an operating system: who may read what, the syncing of folders, links that are
//! not to be followed, and the settings of a process. The tests run on Linux.

pub(crate) use system::{
    Folder, create_file, create_folder, for_owner, forbid_core_dumps, is_open_to_others,
    note_signals, open_lock, outlive_large_files, share,
};

#[cfg(unix)]
mod system {
    use crate::publish::Readers;
    use rustix::fs::OFlags;
    use rustix::process::{Resource, Rlimit, setrlimit};
    use signal_hook::consts::{SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::flag;
    use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize};

    /// A folder that is open, so that it can be synced whatever becomes of its name.
    #[derive(Debug)]
    pub(crate) struct Folder(File);

    impl Folder {
        pub(crate) fn open(path: &Path) -> io::Result<Self> {
            let flags = OFlags::DIRECTORY.bits().cast_signed();
            OpenOptions::new().read(true).custom_flags(flags).open(path).map(Self)
        }

        /// Waits until the disk has the names in it.
        pub(crate) fn sync(&self) -> io::Result<()> {
            self.0.sync_all()
        }

        /// Lets these readers in.
        pub(crate) fn share(&self, readers: Readers) -> io::Result<()> {
            self.0.set_permissions(folder_mode(readers))
        }
    }

    fn folder_mode(readers: Readers) -> Permissions {
        Permissions::from_mode(match readers {
            Readers::Owner => 0o700,
            Readers::Group => 0o750,
        })
    }

    /// Lets these readers read a file, whatever the umask is.
    pub(crate) fn share(file: &File, readers: Readers) -> io::Result<()> {
        file.set_permissions(Permissions::from_mode(match readers {
            Readers::Owner => 0o600,
            Readers::Group => 0o640,
        }))
    }

    pub(crate) fn create_folder(path: &Path, readers: Readers) -> io::Result<()> {
        DirBuilder::new().mode(0o700).create(path)?;
        fs::set_permissions(path, folder_mode(readers))
    }

    /// A temporary folder that is its owner's alone from the first moment.
    pub(crate) fn for_owner<'b, 'p, 's>(
        folder: &'b mut tempfile::Builder<'p, 's>,
    ) -> &'b mut tempfile::Builder<'p, 's> {
        folder.permissions(folder_mode(Readers::Owner))
    }

    pub(crate) fn create_file(path: &Path, readers: Readers) -> io::Result<File> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        share(&file, readers).inspect_err(|_| {
            // It would be in the way of the next attempt.
            let _ = fs::remove_file(path);
        })?;
        Ok(file)
    }

    pub(crate) fn open_lock(path: &Path, readers: Readers) -> io::Result<File> {
        let flags = OFlags::NOFOLLOW.bits().cast_signed();
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.mode(0o600).custom_flags(flags).open(path)?;
        share(&file, readers)?;
        Ok(file)
    }

    /// Whether a file lets anybody but its owner do anything with it.
    pub(crate) fn is_open_to_others(metadata: &Metadata) -> bool {
        metadata.permissions().mode() & 0o077 != 0
    }

    /// Leaves no image of the memory of this process behind, whatever ends it.
    pub(crate) fn forbid_core_dumps() -> io::Result<()> {
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
        // The limit is not asked where the system pipes the image to another program.
        #[cfg(any(target_os = "linux", target_os = "android"))]
        rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
        Ok(())
    }

    /// Makes a file that would grow beyond the limit of its size an error, not the end of the process.
    pub(crate) fn outlive_large_files() -> io::Result<()> {
        flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false))).map(|_| ())
    }

    /// Notes the first signal that asks the process to end, and its exit code. The second ends it.
    pub(crate) fn note_signals(
        asked: &Arc<AtomicBool>,
        exit_code: &Arc<AtomicUsize>,
    ) -> io::Result<()> {
        for (signal, code, status) in [(SIGINT, 130, 130), (SIGTERM, 143, 143)] {
            // In this order, in which they run: the first signal finds that nobody has asked yet.
            flag::register_conditional_shutdown(signal, status, Arc::clone(asked))?;
            flag::register_usize(signal, Arc::clone(exit_code), code)?;
            flag::register(signal, Arc::clone(asked))?;
        }
        Ok(())
    }
}

/// Where modes, the syncing of folders and these signals are not known: files and folders are as open
/// as those around them, a renamed folder is as durable as the system makes it, and a process ends as
/// the system ends it.
#[cfg(not(unix))]
mod system {
    use crate::publish::Readers;
    use std::fs::{self, File, Metadata, OpenOptions};
    use std::io;
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize};

    #[derive(Debug)]
    pub(crate) struct Folder;

    impl Folder {
        pub(crate) fn open(path: &Path) -> io::Result<Self> {
            if fs::metadata(path)?.is_dir() {
                Ok(Self)
            } else {
                Err(io::ErrorKind::NotADirectory.into())
            }
        }

        pub(crate) fn sync(&self) -> io::Result<()> {
            Ok(())
        }

        pub(crate) fn share(&self, _: Readers) -> io::Result<()> {
            Ok(())
        }
    }

    pub(crate) fn share(_: &File, _: Readers) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn create_folder(path: &Path, _: Readers) -> io::Result<()> {
        fs::create_dir(path)
    }

    pub(crate) fn for_owner<'b, 'p, 's>(
        folder: &'b mut tempfile::Builder<'p, 's>,
    ) -> &'b mut tempfile::Builder<'p, 's> {
        folder
    }

    pub(crate) fn create_file(path: &Path, _: Readers) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(path)
    }

    pub(crate) fn open_lock(path: &Path, _: Readers) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
    }

    pub(crate) fn is_open_to_others(_: &Metadata) -> bool {
        false
    }

    pub(crate) fn forbid_core_dumps() -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn outlive_large_files() -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn note_signals(_: &Arc<AtomicBool>, _: &Arc<AtomicUsize>) -> io::Result<()> {
        Ok(())
    }
}
